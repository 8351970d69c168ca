/** 作为文件的笔记本，以及剪贴板。 */
export const files = {
  copyOf: (name: string) => `${name} 的副本`,
  allSaved: "所有更改都已保存。你编写时会自动保存。",
  notYet: "尚未全部保存。服务器响应后即会保存，在此之前由此页面保留。",
  copied: (count: number) => `已复制 ${count} 个单元格`,
  linkCopied: "已复制单元格链接",
  nothingToPaste: "剪贴板中没有单元格。请先在笔记本中复制。",
  noClipboard: "浏览器不允许复制。请允许此网站使用剪贴板。",
};
