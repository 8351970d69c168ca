/** Sharing a notebook. */
export const share = {
  title: "Share",
  personal:
    "This server has one user: whoever has its link with the token is you. In a browser that is signed in, this address opens the notebook.",
  address: "Address of the notebook",
  copy: "Copy address",
};
