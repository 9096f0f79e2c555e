import e from "./shared.mjs";export default e;
