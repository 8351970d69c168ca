/** How a token is used, as lines for a shell. Pure. The secret itself stays out of them: shells keep what is typed. */

export interface TokenUse {
  readonly curl: string;
  readonly rclone: string;
  readonly dav: string;
}

/** `origin`: of this server, as the browser reaches it. The token is read from the variable NOCTULE_TOKEN. */
export const usesAt = (origin: string): TokenUse => ({
  curl: `curl -H "Authorization: Bearer $NOCTULE_TOKEN" ${origin}/api/v1/notebooks`,
  rclone: `rclone config create noctule webdav url ${origin}/dav vendor other user me pass "$NOCTULE_TOKEN" --obscure`,
  dav: `${origin}/dav`,
});
