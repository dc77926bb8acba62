// Puts the widget on the preview page with the attributes and variables in the page's address.
const wishes = new URLSearchParams(location.search);
const chat = document.createElement("lantern-chat");
for (const [name, value] of wishes) {
  if (name.startsWith("--lantern-")) chat.style.setProperty(name, value);
  else chat.setAttribute(name, value);
}
document.body.append(chat);
const script = document.createElement("script");
script.src = new URL("../widget/lantern.js", location.href).href;
document.body.append(script);
