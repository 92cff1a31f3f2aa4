import { version } from "../package.json";

export default {
  fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname !== "/health") return new Response("404 Not Found", { status: 404 });
    return Response.json({ status: "ok", service: "chittydemo", version });
  },
};
