/** 出错的页面。 */
export const broken = {
  title: "此页面出错了",
  detail: "你的更改已保留，正在运行的内容会继续。请重新加载页面。",
  reload: "重新加载",
};
