// Show the OpenAPI description of this server.
SwaggerUIBundle({
  url: `${document.documentElement.dataset.root}/openapi.json`,
  dom_id: "#reference",
  deepLinking: true,
  validatorUrl: null,
});
