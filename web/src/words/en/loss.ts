/** Why there is no connection to the server. */
export const loss = {
  offline: "Your network is offline",
  "server-stops": "The server is restarting",
  unreachable: "The server cannot be reached",
  silent: "The connection went silent",
  "too-slow": "This page fell behind and starts over",
  "new-epoch": "Loading the notebook's new state",
  refused: (title: string) => `The server refused: ${title}`,
};
