// Entry: one script tag makes the element, unless the page has one of its own.
import { LanternChat } from "./element";

LanternChat.script = document.currentScript as HTMLScriptElement;
customElements.define("lantern-chat", LanternChat);
if (!document.querySelector("lantern-chat")) document.body.append(new LanternChat());
