/** 运行时面板。 */
export const runtimePane = {
  title: "运行时",
  none: "没有连接运行时。运行单元格时会自动启动，也可以在下方连接。",
  state: "状态",
  states: {
    queued: "正在排队",
    starting: "正在启动",
    connected: "已连接",
    unreachable: "无法连接",
    ended: "已结束",
  },
  since: "开始于",
  cpu: "CPU",
  percent: (percent: number) => `单核的 ${percent}%`,
  kernel: "内核",
  language: "语言",
  launcher: "启动方式",
  of: (part: string, whole: string) => `已用 ${part}，共 ${whole}`,
  queue: "正在运行和排队的内容",
  waits: (cell: number) => `单元格 ${cell} 正在排队`,
  cancelOf: (cell: number) => `取消单元格 ${cell} 的运行`,
};
