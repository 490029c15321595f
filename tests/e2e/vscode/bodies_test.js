// A trained model finds the bodies that are missing: what is shown is accepted, and is right.
//
// FIMD_TRAINED_MODEL is its file. session.js says what else the environment holds. FIMD_SCREENSHOT,
// if set, is the file to which the picture for the documentation is written.
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const path = require('node:path');

const { session } = require('./session');

const kBodies = path.join(__dirname, '../bodies.py');
const kInPicture = 'lru_cache.py';

const bodies = JSON.parse(execFileSync('python3', [kBodies]));

session.settings = { 'fimd.model': process.env.FIMD_TRAINED_MODEL, 'fimd.trigger': 'manual' };

async function suggestUnasked() {
  const settings = { ...session.settings, 'fimd.trigger': 'automatic' };
  session.server.configureMachine({ 'fimd.path': session.recorder, ...settings });
  await session.waitForSent('"trigger":"automatic"');
}

for (const { name, text, headerRow, trigger } of bodies) {
  session.files[name] = text;
  session.check(`The body missing in ${name} is found`, async (workbench) => {
    if (trigger === 'automatic') await suggestUnasked();
    const file = await session.openLineBelow(name, headerRow);
    if (trigger === 'manual') await workbench.press('Alt+\\');
    const ghost = await workbench.waitForGhost();
    const picture = name === kInPicture && process.env.FIMD_SCREENSHOT;
    if (picture) await workbench.screenshot(picture);
    await workbench.press('Tab');
    const lines = text.split('\n');
    const saved = (await workbench.savedText(file)).split('\n');
    const body = saved.slice(headerRow + 1, headerRow + 1 - lines.length).join('\n');
    assert.equal(body.trimStart(), ghost);
    execFileSync('python3', [kBodies, file]);
  });
}

session.run();
