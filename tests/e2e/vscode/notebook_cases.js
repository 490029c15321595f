// Cells of a notebook: completed like files, with the cells around them as what they go by.
const assert = require('node:assert/strict');

const { session } = require('./session');

/** Of code, from the top; the last is typed into. */
const kCells = [
  'def push_item(work_queue, next_item):\n    work_queue.items.append(next_item)',
  'other = 1',
  'class Queue:\n    def __init__(self):\n        self.items = []\n\n    def push(self, item):',
];

/** The file of a notebook with these cells. */
function notebookOf(cells) {
  const metadata = { language_info: { name: 'python' } };
  const code = { cell_type: 'code', execution_count: null, metadata: {}, outputs: [] };
  const all = cells.map((source) => ({ ...code, source }));
  return JSON.stringify({ cells: all, metadata, nbformat: 4, nbformat_minor: 2 });
}

/** The texts of the documents that the server was last told to be in front, oldest first. */
function lastInFront(count) {
  const opened = session.messages('textDocument/didOpen').map(({ textDocument }) => textDocument);
  const textOf = new Map(opened.map(({ uri, text }) => [uri, text]));
  const visits = session.messages('$/fimd/didFocus').slice(-count);
  return visits.map(({ textDocument }) => textOf.get(textDocument?.uri));
}

session.files['cells.ipynb'] = notebookOf(kCells);

session.check('A cell goes by the cells of its notebook, in their order', async (workbench) => {
  const last = kCells.length - 1;
  const file = session.pathOf('cells.ipynb');
  await workbench.openCell('cells.ipynb', last);
  await workbench.press('Control+End', 'Enter');
  const ghost = await workbench.waitForGhost();
  assert.notEqual(ghost.trim(), '');
  assert.deepEqual(lastInFront(kCells.length), kCells);
  await workbench.press('Tab');
  const { cells } = JSON.parse(await workbench.savedText(file));
  assert.equal([cells[last].source].flat().join(''), `${kCells[last]}\n        ${ghost}`);
});
