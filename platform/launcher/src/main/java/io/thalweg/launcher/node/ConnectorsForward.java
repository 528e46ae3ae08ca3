package io.thalweg.launcher.node;

import io.thalweg.broker.api.ClusterView.BrokerNode;
import io.thalweg.broker.api.ClusterView.Endpoint;
import io.thalweg.client.ThalwegClient;
import io.thalweg.connectors.runtime.ConnectorsRuntime;
import io.thalweg.connectors.runtime.spread.ConnectorsMember;
import io.thalweg.coordination.group.api.GroupsApi.MemberDescription;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.protocol.types.SchemaException;
import org.jspecify.annotations.Nullable;

/** Answers {@code /connect} here while the connectors run here, and passes it on to the node where they do otherwise. */
final class ConnectorsForward {

    private static final String PREFIX = "/connect";
    /** Who passed a request on; it is not passed on twice. */
    private static final String FORWARDED = "Thalweg-Forwarded-By";

    private static final List<CharSequence> PASSED = List.of(HttpHeaders.CONTENT_TYPE, HttpHeaders.LOCATION);
    private static final int CONNECT_MILLIS = 2_000;
    private static final int SILENCE_SECONDS = 30;
    private static final int CONNECTIONS_MAX = 8;
    private static final int WAITING_MAX = 64;

    private final Vertx vertx;
    private final ThalwegClient client;
    private final int nodeId;
    private final Supplier<@Nullable ConnectorsRuntime> running;

    ConnectorsForward(Vertx vertx, ThalwegClient client, int nodeId, Supplier<@Nullable ConnectorsRuntime> running) {
        this.vertx = vertx;
        this.client = client;
        this.nodeId = nodeId;
        this.running = running;
    }

    /** On the event loop of the router. */
    void mount(Router router) {
        // Without a path: routes of the runtime carry the prefix themselves.
        router.route().handler(new Loop()::handle);
    }

    /** What one event loop keeps. */
    private final class Loop {
        private final HttpClient http = vertx.createHttpClient(
                new HttpClientOptions().setConnectTimeout(CONNECT_MILLIS).setIdleTimeout(SILENCE_SECONDS),
                new PoolOptions().setHttp1MaxSize(CONNECTIONS_MAX).setMaxWaitQueueSize(WAITING_MAX));

        private @Nullable ConnectorsRuntime mounted;
        private @Nullable Router own;

        void handle(RoutingContext request) {
            String path = request.normalizedPath();
            if (!path.equals(PREFIX) && !path.startsWith(PREFIX + "/")) {
                request.next();
                return;
            }
            ConnectorsRuntime here = running.get();
            if (here != null) {
                routerOf(here).handleContext(request);
            } else if (request.request().getHeader(FORWARDED) != null) {
                refuse(request, 409, "the connectors are on their way to another node: try again");
            } else {
                forward(request);
            }
        }

        private Router routerOf(ConnectorsRuntime here) {
            Router router = own;
            if (router == null || mounted != here) {
                router = Router.router(vertx);
                here.rest().mount(router);
                own = router;
                mounted = here;
            }
            return router;
        }

        private void forward(RoutingContext request) {
            request.request().pause(); // its body waits for where it is to go
            holder().compose(to -> http.request(new RequestOptions()
                                    .setMethod(request.request().method())
                                    .setHost(to.host())
                                    .setPort(to.port())
                                    .setURI(request.request().uri()))
                            .compose(onward -> {
                                String type = request.request().getHeader(HttpHeaders.CONTENT_TYPE);
                                if (type != null) {
                                    onward.putHeader(HttpHeaders.CONTENT_TYPE, type);
                                }
                                onward.putHeader(FORWARDED, "node-" + nodeId);
                                return onward.send(request.request());
                            })
                            .compose(answer -> pass(answer, request.response())))
                    .onFailure(failure -> {
                        request.request().resume();
                        refuse(request, failure instanceof Unseated ? 409 : 503, String.valueOf(failure.getMessage()));
                    });
        }
    }

    private static Future<Void> pass(HttpClientResponse answer, HttpServerResponse response) {
        response.setStatusCode(answer.statusCode());
        for (CharSequence header : PASSED) {
            String value = answer.getHeader(header);
            if (value != null) {
                response.putHeader(header, value);
            }
        }
        String length = answer.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length == null) {
            response.setChunked(answer.statusCode() != 204);
        } else {
            response.putHeader(HttpHeaders.CONTENT_LENGTH, length);
        }
        return answer.pipeTo(response);
    }

    private static void refuse(RoutingContext request, int status, String message) {
        if (request.response().headWritten()) {
            request.response().reset();
            return;
        }
        request.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .end(new JsonObject()
                        .put("error_code", status)
                        .put("message", message)
                        .toBuffer());
    }

    /** Nobody runs the connectors, for the moment. */
    private static final class Unseated extends Exception {
        private static final long serialVersionUID = 1L;

        Unseated(String message) {
            super(message);
        }
    }

    /** Where the connectors run, as the group's coordinator knows it. */
    private Future<Endpoint> holder() {
        return client.groups().describe(ConnectorsMember.GROUP).compose(group -> {
            for (MemberDescription member : group.members()) {
                if (isSeated(member)) {
                    return endpoint(ConnectorsMember.nodeOf(member.clientId()));
                }
            }
            return Future.failedFuture(
                    new Unseated("no node runs the connectors for the moment: group=" + group.state() + "; try again"));
        });
    }

    private static boolean isSeated(MemberDescription member) {
        try {
            return member.assignment().length > 0
                    && ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(member.assignment()))
                            .partitions()
                            .contains(ConnectorsMember.SEAT);
        } catch (SchemaException malformed) {
            return false;
        }
    }

    private Future<Endpoint> endpoint(int node) {
        if (node == nodeId) {
            return Future.failedFuture(new Unseated("the connectors are starting on this node: try again"));
        }
        for (BrokerNode broker : client.cluster().brokers()) {
            Endpoint http = broker.endpoints().get("http");
            if (broker.id() == node && http != null) {
                return Future.succeededFuture(http);
            }
        }
        return Future.failedFuture(
                new Unseated("the connectors run on a node whose HTTP door is closed: node=" + node));
    }
}
