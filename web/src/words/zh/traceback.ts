/** 单元格的错误。 */
export const traceback = {
  others: (count: number) => `显示其他 ${count} 层调用`,
  inLibrary: (count: number, library: string) => `${library} 中的 ${count} 层调用`,
  goTo: "转到此行",
  copyPath: "复制此路径",
  pathCopied: "路径已复制。",
  changed: (count: number) => `单元格自第 ${count} 次运行后已更改：该行可能已不同。`,
  gone: (count: number) => `第 ${count} 次运行的单元格已不存在，或之后又运行过。`,
  changedOrGone: "此代码所在的单元格之后已更改，或已不存在。",
  missing: (name: string) => `此运行时没有安装软件包 ${name}。`,
  install: (name: string) => `安装 ${name}`,
  installed: (name: string) => `${name} 已安装。请重新运行此单元格。`,
  installFailed: (name: string, why: string) =>
    `无法安装 ${name}${why === "" ? "" : `：${why}`}。详情见执行安装的单元格。`,
  runAgain: "重新运行",
  notRun: (name: string) => `定义 ${name} 的单元格尚未在此内核中运行。`,
  goToCell: "转到该单元格",
  memory: "运行时的内存已用尽。请重启内核以释放内存，并减少一次加载的数据。",
  gpuMemory: "GPU 的内存已用尽。请重启内核以释放内存，或使用更小的批次。",
  restart: "重启内核",
  connect: "连接运行时",
};
