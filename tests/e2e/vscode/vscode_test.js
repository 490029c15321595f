// A user of VS Code types with real keys, and sees, accepts and refuses ghost text. session.js says
// what the environment holds.
const { session } = require('./session');

require('./suggestion_cases');
require('./notebook_cases');
require('./status_cases');
require('./failure_cases');

session.run();
