/** 输出框架与小部件：可运行脚本的内容，以及它们无法运行的原因。 */
export const frame = {
  silent: "此输出没有响应。",
  stop: "停止",
  again: "重新显示",
  stopped: {
    asked: "此输出已停止。",
    flooded: "此输出已停止：它发送的数据超出了页面的处理能力。",
    left: "此输出已停止：它跳转到了其他页面。",
  },
  wantsLink: (host: string) => `有输出请求打开 ${host} 的页面。`,
  open: "打开",
  wantsSave: (name: string) => `有输出请求保存文件 ${name}。`,
  save: "保存",
  tooLarge: "文件过大，无法从输出中保存。请将它写入运行时的磁盘，再从那里下载。",
  noPicture: "此输出中没有图片。",
  commTooLarge: "小部件一次发送的数据超出了页面可以传递的大小。请在文件面板中上传文件，再在运行时中读取。",
  failed: "绘制此输出时出错。",
  offline: "未连接：此小部件的内核已不存在。请重新运行该单元格。",
  widgetMissing: "此小部件的状态没有保留。请重新运行该单元格。",
  moduleMissing:
    "此小部件需要模块 {module} {version}，但内核环境和网络上都没有找到。请安装提供该模块的软件包，然后重启内核。",
  moduleForbidden:
    "此小部件需要模块 {module} {version}，但内核环境中没有找到，而且这里已关闭从网络加载。请安装提供该模块的软件包，然后重启内核。",
  noBokeh: "此图表需要 BokehJS。请先运行包含 output_notebook() 的单元格，再重新运行此单元格。",
};
