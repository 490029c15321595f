// The web page of a git remote: what a marketplace links to.

// What names a host and a path in git's ways of writing a remote; a user's name or a token stays out.
const kWays = [
  /^(?:https?|ssh|git):\/\/(?:[^/@]*@)?([^/:]+)(?::\d+)?\/(.+)$/,
  /^(?:[^/@:]+@)?([^/:]+):(?!\/)(.+)$/, // user@host:path, as scp has it
];

/** Undefined for a folder of this machine, and for a host without a dot in its name. */
function webPage(remote) {
  for (const way of kWays) {
    const [, host, path] = way.exec(remote.trim()) ?? [];
    if (host?.includes('.')) return `https://${host}/${path.replace(/(\.git)?\/*$/, '')}`;
  }
  return undefined;
}

module.exports = { webPage };
