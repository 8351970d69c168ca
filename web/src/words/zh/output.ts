/** 单元格的输出。 */
export const output = {
  label: "输出",
  omitted: (count: string) => `此处未显示 ${count} 个字符`,
  fullLog: (size: string) => `显示完整日志（${size}）`,
  earlierFrames: (count: number) => `显示之前的 ${count} 层调用`,
  loading: "正在加载输出",
  failed: "无法加载此输出",
  image: "图像输出",
  frame: "富文本输出",
  missingPackage: (name: string) => `此运行时没有安装该软件包。请在单元格中运行 %pip install ${name}。`,
  promptText: "回答",
  promptPassword: "密码",
  promptSend: "发送",
  promptWaits: "此单元格正在等待你的回答",
  large: (size: string) => `打开此输出（${size}）`,
};
