package io.thalweg.gateway.http;

import io.vertx.ext.web.Router;

/** Adds routes of another part of the node (SockJS, Connect's REST interface, the console) to the HTTP door. */
public interface RouteMount {
    /**
     * Called once for each event loop, on it, with a router of its own; after the door's own routes. Host and Origin were
     * checked, and security headers set, before any of these routes is reached.
     */
    void mount(Router router);
}
