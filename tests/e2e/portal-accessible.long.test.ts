import { testAccessible } from "./accessible-pages.js";

testAccessible(["narrowEnglish", "wideChinese"]);
