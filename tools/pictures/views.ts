/** How mails and pages are looked at. */
export const VIEWS = [
  { name: "light", width: 680, colorScheme: "light" },
  { name: "dark", width: 680, colorScheme: "dark" },
  { name: "phone", width: 375, colorScheme: "light" },
] as const;
