/** 单元格旁边的标签页。 */
export const dock = {
  label: "终端和文件",
  width: "标签页宽度",
  hide: "隐藏终端和文件",
  closeTab: "关闭标签页",
  unsaved: "未保存",
  closeTitle: (name: string) => `不保存就关闭 ${name}？`,
  closeDetail: "自上次保存以来的更改会丢失。",
  discard: "不保存并关闭",
};
