// Applies the edits of a session file with vscode-languageserver-textdocument and prints the whole
// text after each, one JSON string a line. Usage: node apply_edits.js session.json
'use strict';

const fs = require('fs');
const { TextDocument } = require('vscode-languageserver-textdocument');

const session = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
let document = TextDocument.create('file:///session', 'plaintext', 0, session.initial);
const texts = session.steps.map((step, index) => {
  const outside = Math.max(step.range.start.line, step.range.end.line) >= document.lineCount;
  document = TextDocument.update(document, [step], index + 1);
  // Its index of lines trusts the lines of the range; after one past the end it is built anew.
  if (outside) document = TextDocument.create(document.uri, 'plaintext', 0, document.getText());
  return JSON.stringify(document.getText());
});
process.stdout.write(texts.join('\n') + '\n');
