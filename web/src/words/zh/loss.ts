/** 为何没有连上服务器。 */
export const loss = {
  offline: "你的网络已断开",
  "server-stops": "服务器正在重启",
  unreachable: "无法连接服务器",
  silent: "连接没有响应",
  "too-slow": "此页面落后过多，正在重新开始",
  "new-epoch": "正在载入笔记本的新状态",
  refused: (title: string) => `服务器拒绝了连接：${title}`,
};
