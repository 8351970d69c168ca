/** 作为一个项目的笔记本。 */
export const list = {
  unstar: "取消星标",
  star: "加星标",
  name: "名称",
  renameTitle: "重命名笔记本",
  removeDetail: "其中的单元格和输出将被删除。如有单元格正在运行，会被停止。",
};
