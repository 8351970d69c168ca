/** 共享笔记本。 */
export const share = {
  title: "共享",
  personal: "此服务器只有一个用户：持有带令牌链接的人就是你。在已登录的浏览器中，此地址会打开笔记本。",
  address: "笔记本地址",
  copy: "复制地址",
};
