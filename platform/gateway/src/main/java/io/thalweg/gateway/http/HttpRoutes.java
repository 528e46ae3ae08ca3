package io.thalweg.gateway.http;

import io.thalweg.client.Producer;
import io.thalweg.log.error.ErrorCode;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Which route is served by which handler, for one event loop. */
final class HttpRoutes {
    private static final String TOPICS_PREFIX = "/v1/topics/";
    private static final String RECORDS_SUFFIX = "/records";

    private final DoorContext door;
    private final Router router;
    private final PublishHandler publish;
    private final EventStreamHandler events;
    private final StreamSocketHandler sockets;

    HttpRoutes(Vertx vertx, DoorContext door, Producer producer) {
        this.door = door;
        this.router = Router.router(vertx);
        this.publish = new PublishHandler(vertx, door, producer);
        this.events = new EventStreamHandler(vertx, door);
        this.sockets = new StreamSocketHandler(vertx, door, producer, publish);
        AdminBody bodies = new AdminBody(vertx, door.config().limits());
        addRecordRoutes(vertx, producer);
        addTopicRoutes(new TopicsHandler(door, bodies));
        addGroupRoutes(new GroupsHandler(vertx, door, bodies));
        addClusterRoutes(vertx);
        addNodeRoutes(new OperationsHandler(door));
        on(HttpMethod.GET, "/v1/flow", new FlowHandler(vertx, door)::handle);
        door.mounts().forEach(mount -> mount.mount(router));
        addFailures();
    }

    private void addRecordRoutes(Vertx vertx, Producer producer) {
        on(HttpMethod.POST, "/v1/topics/:topic/records", "topic", publish::handle);
        on(HttpMethod.GET, "/v1/topics/:topic/records", "topic", new ReadHandler(vertx, door)::handle);
        on(HttpMethod.GET, "/v1/topics/:topic/events", "topic", events::handle);
        on(HttpMethod.GET, "/v1/stream", sockets::handle);
        on(HttpMethod.POST, "/topics/:topic", "topic", new ProxyPublishHandler(vertx, door, publish, producer)::handle);
    }

    private void addTopicRoutes(TopicsHandler topics) {
        on(HttpMethod.GET, "/v1/topics", topics::list);
        on(HttpMethod.POST, "/v1/topics", topics::create);
        on(HttpMethod.GET, "/v1/topics/:topic", "topic", topics::describe);
        on(HttpMethod.PATCH, "/v1/topics/:topic", "topic", topics::alter);
        on(HttpMethod.DELETE, "/v1/topics/:topic", "topic", topics::delete);
        router.route(HttpMethod.POST, "/v1/topics/:topic/partitions/:partition/repair")
                .handler(context -> run(
                        context,
                        () -> topics.repair(
                                context.request(), context.pathParam("topic"), context.pathParam("partition"))));
    }

    private void addGroupRoutes(GroupsHandler groups) {
        on(HttpMethod.GET, "/v1/groups", groups::list);
        on(HttpMethod.GET, "/v1/groups/:group", "group", groups::describe);
        on(HttpMethod.DELETE, "/v1/groups/:group", "group", groups::delete);
        on(HttpMethod.PATCH, "/v1/groups/:group/offsets", "group", groups::resetOffsets);
    }

    private void addClusterRoutes(Vertx vertx) {
        ClusterHandler cluster = new ClusterHandler(door);
        ClusterCommandsHandler commands = new ClusterCommandsHandler(vertx, door);
        on(HttpMethod.GET, "/v1/cluster", cluster::cluster);
        on(HttpMethod.GET, "/v1/brokers", cluster::brokers);
        on(HttpMethod.GET, "/v1/cluster/partitions", new ClusterPartitionsHandler(door)::list);
        on(HttpMethod.GET, "/v1/cluster/plan", commands::plan);
        on(HttpMethod.POST, "/v1/cluster/plan", commands::pause);
        on(HttpMethod.POST, "/v1/cluster/drain", commands::drain);
        on(HttpMethod.POST, "/v1/cluster/reassign", commands::reassign);
        on(HttpMethod.POST, "/v1/cluster/elect", commands::elect);
    }

    private void addNodeRoutes(OperationsHandler operations) {
        on(HttpMethod.GET, "/v1/openapi.json", operations::openApi);
        on(HttpMethod.GET, "/health/live", operations::live);
        on(HttpMethod.GET, "/health/ready", operations::ready);
        on(HttpMethod.GET, "/metrics", operations::metrics);
    }

    private void on(HttpMethod method, String path, Consumer<HttpServerRequest> handler) {
        router.route(method, path).handler(context -> run(context, () -> handler.accept(context.request())));
    }

    private void on(HttpMethod method, String path, String parameter, BiConsumer<HttpServerRequest, String> handler) {
        router.route(method, path).handler(context -> {
            String value = context.pathParam(parameter);
            run(context, () -> handler.accept(context.request(), value));
        });
    }

    private void run(RoutingContext context, Runnable handler) {
        try {
            handler.run();
        } catch (RuntimeException failure) {
            door.answers().problem(context.request(), failure);
        }
    }

    private void addFailures() {
        router.errorHandler(400, context -> refuse(context, 400, ErrorCode.INVALID_REQUEST, "the path is malformed"));
        router.errorHandler(
                404,
                context -> refuse(
                        context, 404, ErrorCode.RESOURCE_NOT_FOUND, "there is no such route; see /v1/openapi.json"));
        router.errorHandler(
                405,
                context -> refuse(
                        context,
                        405,
                        ErrorCode.INVALID_REQUEST,
                        "the route does not take this method; see /v1/openapi.json"));
        router.errorHandler(500, context -> {
            Throwable failure = context.failure();
            door.answers()
                    .problem(
                            context.request(),
                            failure == null ? new IllegalStateException("a route failed without a cause") : failure);
        });
    }

    private void refuse(RoutingContext context, int status, ErrorCode error, String detail) {
        door.answers().problem(context.request(), new HttpProblem(status, error, detail));
    }

    /** Publishing to a plainly written path does not go through the router: it is what most requests are. */
    void handle(HttpServerRequest request) {
        if (HttpMethod.POST.equals(request.method())) {
            String topic = plainTopic(request.path());
            if (topic != null) {
                publish.handle(request, topic);
                return;
            }
        }
        router.handle(request);
    }

    private static @Nullable String plainTopic(@Nullable String path) {
        if (path == null || !path.startsWith(TOPICS_PREFIX) || !path.endsWith(RECORDS_SUFFIX)) {
            return null;
        }
        int end = path.length() - RECORDS_SUFFIX.length();
        if (end <= TOPICS_PREFIX.length()) {
            return null;
        }
        String topic = path.substring(TOPICS_PREFIX.length(), end);
        return topic.indexOf('/') < 0 && topic.indexOf('%') < 0 && topic.indexOf('+') < 0 ? topic : null;
    }

    Router router() {
        return router;
    }

    /** Ends event streams and sockets. */
    void drain() {
        events.closeAll();
        sockets.closeAll();
    }
}
