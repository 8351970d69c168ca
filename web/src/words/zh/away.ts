/** 离开期间发生的事：卡片、标签页、通知。 */
export const away = {
  title: "您离开期间",
  finished: (count: number) => `${count} 个单元格已完成：`,
  failed: (count: number) => `${count} 个单元格出错：`,
  lost: (count: number) => `${count} 个单元格可能没有运行完：`,
  stopped: (count: number) => `${count} 个单元格已停止或未运行：`,
  cell: (number: number) => `单元格 ${number}`,
  more: (count: number) => `还有 ${count} 个`,
  running: (since: string) => `仍在运行，开始于 ${since}`,
  goTo: "前往",
  runtimeEnded: "运行时已结束。变量已丢失；笔记本的输出和文件仍在。",
  runtimeEndedBecause: (why: string) => `运行时已结束：${why}`,
  tab: {
    ok: (title: string) => `已完成：${title}`,
    failed: (title: string) => `出错：${title}`,
  },
  notifyFinished: (cells: number, span: string) => `${cells} 个单元格已完成，用时 ${span}。`,
  notifyFailed: (number: number, span: string) => `单元格 ${number} 在 ${span} 后出错。`,
};
