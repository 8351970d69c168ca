/** 所写内容是否安全。 */
export const saved = {
  all: "所有更改已保存",
  saved: "已保存",
  notSaved: "未保存",
  fileBehind: "文件未更新",
  unsaved: (count: number) => `${count} 项未保存`,
  saving: "正在保存",
  offline: "离线",
  pending: (count: number) => `${count} 项更改尚未保存`,
  trouble: (title: string) => `未保存：${title}`,
  file: (message: string) => `已保存。.ipynb 文件尚未更新：${message}`,
};
