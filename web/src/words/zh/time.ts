/** 时长与时刻。 */
export const time = {
  seconds: (count: string) => `${count} 秒`,
  minutes: (minutes: number, seconds: number) => `${minutes} 分 ${seconds} 秒`,
  hours: (hours: number, minutes: number) => `${hours} 小时 ${minutes} 分`,
  justNow: "刚刚",
  minutesAgo: (count: number) => `${count} 分钟前`,
  hoursAgo: (count: number) => `${count} 小时前`,
};
