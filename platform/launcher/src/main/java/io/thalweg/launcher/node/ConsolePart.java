package io.thalweg.launcher.node;

import io.thalweg.console.Console;
import io.thalweg.gateway.http.RouteMount;
import io.vertx.core.Vertx;

/** The role {@code console}: the web console's pages behind the HTTP door. */
final class ConsolePart {
    private ConsolePart() {}

    static RouteMount mount(Vertx vertx) {
        return new Console(vertx)::mount;
    }
}
