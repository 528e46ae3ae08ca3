package io.thalweg.launcher.verticle;

import io.thalweg.broker.VertxTimers;
import io.thalweg.environment.Environment;
import io.thalweg.gateway.http.flow.FlowGraph;
import io.thalweg.gateway.http.flow.FlowNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All verticles of the settings. One that fails is logged; the others and the node go on. */
public final class UserVerticles {

    private final Map<String, UserVerticle> verticles = new LinkedHashMap<>();

    /** @param unhandled told of errors after which the JVM cannot be trusted */
    public UserVerticles(Vertx vertx, List<VerticleConfig> configs, Consumer<Throwable> unhandled) {
        Environment environment = VertxTimers.environment(vertx);
        for (VerticleConfig config : configs) {
            verticles.put(config.id(), new UserVerticle(vertx, config, environment, unhandled));
        }
    }

    /** Deploys all. Never fails; a start that hangs is waited for at most half a minute. */
    public Future<Void> deploy() {
        return each(UserVerticle::start);
    }

    /** Undeploys all. Never fails; a stop that hangs is waited for at most seven seconds. */
    public Future<Void> undeploy() {
        return each(UserVerticle::stop);
    }

    private Future<Void> each(Function<UserVerticle, Future<Void>> change) {
        List<Future<Void>> changes = new ArrayList<>();
        verticles.values().forEach(verticle -> changes.add(change.apply(verticle)));
        return Future.join(changes).mapEmpty();
    }

    @Nullable
    UserVerticle find(String id) {
        return verticles.get(id);
    }

    List<UserVerticle> all() {
        return List.copyOf(verticles.values());
    }

    /** Each as a node; what it reads and writes over the event bus is not known here. */
    public Future<FlowGraph> flow() {
        List<FlowNode> nodes = new ArrayList<>();
        for (UserVerticle verticle : all()) {
            JsonObject described = verticle.description();
            String state = described.getString("state");
            // One that runs although something in it threw says so with its count.
            String problem = state.equals("running") ? null : described.getString("failure");
            nodes.add(new FlowNode(FlowNode.Kind.VERTICLE, described.getString("name"), state)
                    .withProblem(problem)
                    .withFigures(Map.of("exceptions", described.getDouble("exceptions"))));
        }
        return Future.succeededFuture(new FlowGraph(nodes, List.of()));
    }
}
