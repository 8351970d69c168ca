/** 菜单标题。 */
export const menus = {
  label: "菜单",
  file: "文件",
  edit: "编辑",
  view: "视图",
  insert: "插入",
  runtime: "运行时",
  tools: "工具",
  help: "帮助",
  cellType: "单元格类型",
  heading: "标题",
  outputs: "单元格的输出",
  theme: "主题",
  downloadAs: "下载",
  all: "菜单",
  backFrom: (title: string) => `从“${title}”返回`,
};
