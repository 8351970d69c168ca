/** 还有谁打开了笔记本。 */
export const people = {
  here: "正在查看的人",
  hereCount: (count: number) => `正在查看的人：${count}`,
  you: "你",
  gone: "已删除的账户",
  yourWindow: "你（另一个窗口）",
  yourOther: "你的另一个窗口",
  follow: (name: string) => `跟随 ${name}`,
  followTip: (name: string) => `${name}。点击即可跟随`,
  unfollow: (name: string) => `停止跟随 ${name}`,
  following: (name: string) => `正在跟随 ${name}`,
  stop: "停止",
  inCell: (names: string) => `在此单元格：${names}`,
  followNext: "跟随下一个人",
  followStop: "停止跟随",
};
