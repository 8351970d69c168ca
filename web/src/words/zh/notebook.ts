/** 整个笔记本页面。 */
import { MOD } from "../../platform";

export const notebook = {
  back: "所有笔记本",
  mendFile: "文件没有被更改。请下载并修复后，重新上传以替换它。",
  titleLabel: "笔记本名称",
  untitled: "未命名",
  loading: "正在打开笔记本",
  late: "正在打开笔记本。服务器尚未响应，此页面会继续尝试。",
  cells: "单元格",
  addCode: "代码",
  addText: "文本",
  addCodeLabel: "添加代码单元格",
  addTextLabel: "添加文本单元格",
  runAll: "全部运行",
  interrupt: "中断",
  restart: "重启",
  more: "更多",
  tools: "笔记本工具",
  download: "下载 .ipynb",
  clearAll: "清除所有输出",
  restartTitle: "重启内核？",
  restartDetail: (running: boolean, waiting: number) =>
    [
      "所有变量都会丢失。输出和文件会保留。",
      running ? "正在运行的单元格会被停止。" : "",
      waiting > 0 ? `${waiting} 个排队的单元格不会运行。` : "",
    ]
      .filter(Boolean)
      .join(""),
  hints: [`${MOD}Enter 运行单元格`, "Shift+Enter 运行并转到下一个", "按 Esc，再按 a 或 b，在上方或下方添加单元格"],
  gone: "无法打开此笔记本",
};
