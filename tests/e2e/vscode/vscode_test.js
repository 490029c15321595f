// A user of VS Code types with real keys, and sees, accepts and refuses ghost text. session.js says
// what the environment holds.
const { after, before } = require('node:test');

const { kQueue, session } = require('./session');

const kQueues = ['queue', 'word', 'dismiss', 'language', 'workspace', 'indent', 'status', 'crash'];

before(() =>
  session.start({
    ...Object.fromEntries(kQueues.map((name) => [`${name}.py`, kQueue])),
    'keystore.properties': 'storeFile=a.jks\n',
  }),
);
after(() => session.stop());

require('./suggestion_cases');
require('./status_cases');
require('./failure_cases');
