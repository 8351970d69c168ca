/** JSON 输出。 */
export const json = {
  label: "JSON",
  search: "在 JSON 中查找",
  found: (at: number, of: string) => `第 ${at} 个，共 ${of} 个`,
  copyValue: "复制值",
  copyPath: "复制路径",
  more: (count: string) => `显示更多（剩余 ${count}）`,
  keys: (count: number) => `{ ${count} 个键 }`,
  items: (count: number) => `[ ${count} 项 ]`,
};
