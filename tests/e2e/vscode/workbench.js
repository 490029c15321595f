// The workbench as a user sees it: what is on the screen, and keys. Every wait is for something
// that shows; none is for a time.
const fs = require('node:fs');

const { chromium } = require('playwright-core');

const kStartTimeoutMs = 120_000;
const kTimeoutMs = 30_000;
const kAskAgainMs = 3000;
const kViewport = { width: 900, height: 420 };
const kChromium = process.env.FIMD_CHROMIUM ?? '/usr/bin/chromium';
const kChromiumOptions = [
  '--no-sandbox', // the test may run as root, and opens only its own page
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--disable-background-networking',
  '--disable-component-update',
  '--no-first-run',
];

const kExplorerRow = '.explorer-folders-view .monaco-list-row';
const kEditor = '.editor-instance .monaco-editor';
const kQuickInput = '.quick-input-widget:not([style*="display: none"]) input';
const kStatusItem = '.statusbar-item[id="fimd.fimd.status"] a';
const kRow = '.quick-input-list .monaco-list-row';

const kSteadyFrames = 5;

// In the page: the ghost text as one string, '' without any. Its first line is decorations between
// the text's own spans, further lines are a zone below.
function readGhost() {
  const text = (node) => node.textContent.replace(/\u00a0/g, ' ');
  const first = [...document.querySelectorAll('.ghost-text-decoration')].map(text).join('');
  const zone = [...document.querySelectorAll('.suggest-preview-text .view-line')];
  return [first, ...zone.map(text)].join('\n');
}

// In the page, once per frame: the ghost text when it is complete and not `previous`. The zone is
// painted some frames before the first line.
function steadyGhost({ read, previous, frames }) {
  const ghost = Function(`return (${read})()`)();
  const fresh = ghost !== previous && ghost !== '' && !ghost.startsWith('\n');
  const seen = fresh && window.fimdGhost?.text === ghost ? window.fimdGhost.frames + 1 : 1;
  window.fimdGhost = { text: fresh ? ghost : '', frames: seen };
  return fresh && seen >= frames && ghost;
}

class Workbench {
  #browser;

  static async open(url) {
    const workbench = new Workbench();
    workbench.#browser = await chromium.launch({
      executablePath: kChromium,
      headless: true,
      args: kChromiumOptions,
    });
    workbench.page = await workbench.#browser.newPage({ viewport: kViewport });
    workbench.page.setDefaultTimeout(kTimeoutMs);
    try {
      await workbench.page.goto(url, { waitUntil: 'domcontentloaded' });
      await workbench.page.waitForSelector(kExplorerRow, { timeout: kStartTimeoutMs });
    } catch (error) {
      await workbench.close();
      throw error;
    }
    return workbench;
  }

  async close() {
    await this.#browser.close();
  }

  async openFile(name) {
    await this.page.locator(kExplorerRow, { hasText: name }).dblclick();
    await this.page.waitForSelector(`.tab.active[data-resource-name="${name}"]`);
    await this.page.click(`${kEditor} .view-lines`);
  }

  /** Opens the notebook `name`, with the cursor in the cell of code at `index`. */
  async openCell(name, index) {
    await this.page.locator(kExplorerRow, { hasText: name }).dblclick();
    await this.page.waitForSelector(`.tab.active[data-resource-name="${name}"]`);
    await this.page.locator('.code-cell-row .view-lines').nth(index).click();
  }

  /** Waits until the item of fimd in the status bar says `label`. */
  async waitForStatus(label, timeout = kTimeoutMs) {
    const item = `.statusbar-item [aria-label="${label}"], .statusbar-item[aria-label="${label}"]`;
    await this.page.waitForSelector(item, { state: 'attached', timeout });
  }

  /** As waitForStatus(), for a label that begins with `label`. */
  async waitForStatusLike(label) {
    const item = `.statusbar-item [aria-label^="${label}"], .statusbar-item[aria-label^="${label}"]`;
    await this.page.waitForSelector(item, { state: 'attached' });
  }

  /** What the menu of the status item says above its entries. */
  async menuPlaceholder() {
    await this.#openMenu();
    const placeholder = await this.page.locator(kQuickInput).getAttribute('placeholder');
    await this.press('Escape', 'Control+1');
    return placeholder;
  }

  async waitForNotification(text) {
    await this.page.waitForSelector(`.notification-toast:has-text("${text}")`);
  }

  async answerNotification(text, button) {
    const toast = `.notification-toast:has-text("${text}")`;
    await this.page.click(`${toast} .monaco-button:text-is("${button}")`);
  }

  /** What the settings editor, open, shows as the value of the text setting `key`. */
  settingValue(key) {
    return this.page.locator(`.settings-editor [data-key="${key}"] input`).inputValue();
  }

  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async type(text) {
    await this.page.keyboard.type(text);
  }

  ghost() {
    return this.page.evaluate(readGhost);
  }

  /** Waits until the ghost text is another than `previous`; returns it. */
  async waitForGhost(previous = '', timeout = kTimeoutMs) {
    const ghost = await this.page.waitForFunction(
      steadyGhost,
      { read: String(readGhost), previous, frames: kSteadyFrames },
      { polling: 'raf', timeout },
    );
    return ghost.jsonValue();
  }

  /** Asks for ghost text until there is some: a server that just started offers it a bit later. */
  async askForGhost() {
    for (let asked = 1; ; ++asked) {
      await this.press('Alt+\\');
      try {
        return await this.waitForGhost('', kAskAgainMs);
      } catch (error) {
        if (asked * kAskAgainMs >= kTimeoutMs) throw error;
      }
    }
  }

  async waitForNoGhost() {
    await this.page.waitForFunction(`(${readGhost})() === ''`);
  }

  /** Runs a command of the palette by its title. */
  async run(title) {
    await this.press('F1');
    await this.#pick(title);
    await this.page.waitForSelector(kQuickInput, { state: 'hidden' });
  }

  /** Opens the menu of the status item, and takes `entries` there and in the menus that follow. */
  async choose(...entries) {
    await this.#openMenu();
    for (const entry of entries) {
      await this.page.waitForSelector(`${kRow}[aria-label*="${entry}"]`);
      await this.#pick(entry);
    }
    await this.page.waitForSelector(kQuickInput, { state: 'hidden' });
    await this.press('Control+1');
  }

  /** The titles in the palette that begin with `prefix`. */
  async commands(prefix) {
    await this.press('F1');
    await this.page.waitForSelector(kQuickInput);
    await this.type(prefix);
    await this.page.waitForSelector(`${kRow}.focused[aria-label^="${prefix}"]`);
    const rows = await this.page.locator(`${kRow}[aria-label^="${prefix}"]`).all();
    const titles = await Promise.all(rows.map((row) => row.getAttribute('aria-label')));
    await this.press('Escape');
    return titles.map((title) => title.replace(/,.*/, ''));
  }

  // Afterwards focus and pointer must leave the item: its hover would lie over notifications.
  async #openMenu() {
    await this.page.click(kStatusItem);
    await this.page.mouse.move(0, 0);
    await this.page.waitForSelector(kQuickInput);
  }

  async #pick(title) {
    await this.page.waitForSelector(kQuickInput);
    await this.type(title);
    await this.page.waitForSelector(`${kRow}.focused[aria-label*="${title}"]`);
    await this.press('Enter');
  }

  /** Saves the active editor and returns what is then in `file`: the buffer, to the byte. */
  async savedText(file) {
    await this.page.waitForSelector('.tab.active.dirty');
    await this.press('Control+s');
    await this.page.waitForSelector('.tab.active:not(.dirty)');
    return fs.readFileSync(file, 'utf8');
  }

  async screenshot(file) {
    await this.page.screenshot({ path: file });
  }
}

module.exports = { Workbench };
