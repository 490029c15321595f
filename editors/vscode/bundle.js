// Makes build/extension/, the folder that is packaged: one script with all that it needs, and the
// files that VS Code reads. With --tests it bundles the unit tests instead, into build/tests/.
const { spawnSync } = require('node:child_process');
const esbuild = require('esbuild');
const fs = require('node:fs');
const path = require('node:path');

const { webPage } = require('./repository');

const kRoot = path.join(__dirname, '../..');
const kTests = path.join(kRoot, 'tests/editors/vscode');

// From here, or from the root of the project, to a name in the package.
const kFiles = {
  'README.md': path.join(__dirname, 'README.md'),
  'CHANGELOG.md': path.join(__dirname, 'changelog.md'),
  'icon.png': path.join(kRoot, 'docs/images/icon.png'),
  'LICENSE': path.join(kRoot, 'LICENSE'),
  'walkthrough': path.join(__dirname, 'walkthrough'),
};

const kOptions = { bundle: true, platform: 'node', format: 'cjs', target: 'node20' };

// The manifest without what only development needs, with the page where these sources come from.
function packagedManifest() {
  const { scripts, devDependencies, private: _, ...manifest } = require('./package.json');
  const git = ['-C', kRoot, 'config', '--get', 'remote.origin.url'];
  const url = webPage(spawnSync('git', git, { encoding: 'utf8' }).stdout ?? '');
  if (url !== undefined) manifest.repository = { type: 'git', url };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

// The page for users, without pictures and links to files that are not in the package.
function packagedHelp() {
  const page = fs.readFileSync(path.join(kRoot, 'docs/vscode.md'), 'utf8');
  const words = page.replace(/!\[[^\]]*\]\([^)]*\)\n\n/g, '');
  return words.replace(/\[([^\]]+)\]\((?!https:)[^)]*\)/g, '$1');
}

function bundleExtension(folder) {
  fs.rmSync(folder, { recursive: true, force: true });
  esbuild.buildSync({
    ...kOptions,
    entryPoints: [path.join(__dirname, 'src/extension.ts')],
    outfile: path.join(folder, 'extension.js'),
    external: ['vscode'],
    minify: true,
    legalComments: 'eof', // the licences of the libraries stay
  });
  fs.writeFileSync(path.join(folder, 'package.json'), packagedManifest());
  fs.writeFileSync(path.join(folder, 'help.md'), packagedHelp());
  for (const [name, source] of Object.entries(kFiles)) {
    fs.cpSync(source, path.join(folder, name), { recursive: true });
  }
}

function bundleTests(folder) {
  fs.rmSync(folder, { recursive: true, force: true });
  const names = fs.readdirSync(kTests).filter((name) => name.endsWith('_test.ts'));
  esbuild.buildSync({
    ...kOptions,
    entryPoints: names.map((name) => path.join(kTests, name)),
    outdir: folder,
  });
}

if (process.argv.includes('--tests')) {
  bundleTests(path.join(__dirname, 'build/tests'));
} else {
  bundleExtension(path.join(__dirname, 'build/extension'));
}
