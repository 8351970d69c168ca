/** 底栏。 */
export const status = {
  label: "状态",
  nothing: "没有正在运行的内容",
  running: (cell: string) => `正在运行${cell}`,
  waiting: (count: number) => `${count} 个排队`,
  cellNumber: (number: number) => `单元格 ${number}`,
  cellDone: (number: number, time: string) => `单元格 ${number} 运行完成，用时 ${time}`,
  cellsDone: (cells: number, time: string) => `${cells} 个单元格运行完成，用时 ${time}`,
  cellFailed: (number: number, reason: string) => `单元格 ${number} 运行失败${reason === "" ? "" : `：${reason}`}`,
  endNotKnown: "不知道如何结束",
  connected: "已连接",
  connecting: "正在连接",
  next: (seconds: number) => `${seconds} 秒后重试`,
  tryNow: "立即重试",
  stopped: "已关闭",
};
