/** 笔记本的各节：标题、折叠的内容和目录。 */
export const sections = {
  fold: "折叠此节",
  open: "展开此节",
  hidden: (count: number) => `已隐藏 ${count} 个单元格`,
  runHidden: "全部运行",
  contents: "目录",
  empty: "还没有标题。在文本单元格的行首写 # 即可创建。",
  untitled: "无标题",
  runSection: (title: string) => `运行“${title}”一节`,
  running: "正在运行",
  queued: "排队中",
  failed: "运行失败",
  foldSection: "折叠或展开此节",
  foldAll: "折叠所有节",
  openAll: "展开所有节",
  runThis: "运行此节",
  moveHint: "按 Alt 和方向键可移动一节。",
};
