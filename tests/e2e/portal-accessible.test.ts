import { expect, test } from "vitest";
import { findAll, testAccessible } from "./accessible-pages.js";
import { openStage } from "./portal-browser.js";

testAccessible(["wideEnglish", "narrowChinese"]);

test("axe finds nothing on the login, and finds what is put there on purpose", async () => {
  const stage = await openStage({ token: "a-token-of-12-or-more" });
  try {
    const page = await stage.open("/", { colorScheme: "light" });
    await page.locator("#token").waitFor();
    expect(await findAll(page)).toEqual([]);
    await page.evaluate(() => {
      const dim = document.createElement("p");
      dim.textContent = "dim";
      dim.style.color = "light-dark(#000, #222)";
      document.querySelector("form")!.append(document.createElement("button"), dim);
    });
    await page.emulateMedia({ colorScheme: "light" });
    const found = await findAll(page);
    expect(found.filter((line) => line.startsWith("button-name: "))).toHaveLength(1);
    expect(found.filter((line) => line.startsWith("dark: color-contrast: "))).toHaveLength(1);
  } finally {
    await stage.close();
  }
});
