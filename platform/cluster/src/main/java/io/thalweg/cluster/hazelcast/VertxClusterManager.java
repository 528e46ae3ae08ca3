package io.thalweg.cluster.hazelcast;

import io.thalweg.cluster.Member;
import io.thalweg.environment.Clock;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.shareddata.AsyncMap;
import io.vertx.core.shareddata.Counter;
import io.vertx.core.shareddata.Lock;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.NodeListener;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.core.spi.cluster.RegistrationListener;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Vert.x' cluster manager, which outlives the Hazelcast member behind it: the node's id stays the same, and when there is
 * another member the event bus' registrations are made there again. Maps, locks and counters that were taken from an earlier
 * member fail from then on. Thread-safe.
 */
final class VertxClusterManager implements ClusterManager, LiveMembership.UsesManager {

    private static final Logger LOGGER = LoggerFactory.getLogger(HazelcastCluster.class);

    private final HazelcastClusterConfig config;
    private final Clock clock;
    private final Function<Vertx, Future<Member>> describe;
    private final String nodeId = UUID.randomUUID().toString();

    /** Of this node: what the event bus wants the others to know. */
    private final Map<String, Set<RegistrationInfo>> registrations = new ConcurrentHashMap<>();

    private volatile @Nullable Vertx vertx;
    private volatile @Nullable NodeListener nodeListener;
    private volatile @Nullable RegistrationListener registrationListener;
    private volatile @Nullable NodeInfo nodeInfo;

    /** Null before this node joined, after it left, and while its membership is made anew. */
    private volatile @Nullable HazelcastClusterManager current;

    private volatile @Nullable LiveMembership membership;
    private volatile boolean active;

    VertxClusterManager(HazelcastClusterConfig config, Clock clock, Function<Vertx, Future<Member>> describe) {
        this.config = config;
        this.clock = clock;
        this.describe = describe;
    }

    LiveMembership membership() {
        return required(membership, "Vert.x is not built yet");
    }

    // ---- from and to the cluster

    @Override
    public void init(Vertx owner) {
        vertx = owner;
    }

    @Override
    public void join(Completable<Void> promise) {
        describe.apply(required(vertx, "not initialised")).onComplete(described -> {
            if (described.failed()) {
                promise.fail(described.cause());
                return;
            }
            LiveMembership live = new LiveMembership(config, clock, described.result(), nodeId, this);
            membership = live;
            live.start(failure -> {
                active = failure == null;
                promise.complete(null, failure);
            });
        });
    }

    @Override
    public void leave(Completable<Void> promise) {
        active = false;
        LiveMembership live = membership;
        if (live == null) {
            promise.succeed();
        } else {
            live.stop(true, promise::succeed);
        }
    }

    @Override
    public boolean isActive() {
        return active;
    }

    /** The event bus listens where membership does, unless it is told otherwise. */
    @Override
    public String clusterHost() {
        return config.host();
    }

    @Override
    public void attach(HazelcastClusterManager manager, Attached done) {
        manager.init(required(vertx, "not initialised"));
        manager.registrationListener(required(registrationListener, "no registration listener"));
        NodeListener nodes = nodeListener;
        if (nodes != null) {
            manager.nodeListener(nodes);
        }
        Promise<Void> joined = Promise.promise();
        manager.join(joined);
        joined.future()
                .compose(ready -> {
                    current = manager;
                    return announce(manager);
                })
                .onComplete(announced -> {
                    if (announced.failed()) {
                        current = null;
                    }
                    done.done(announced.cause());
                });
    }

    @Override
    public void detach() {
        current = null;
    }

    /** Says on this member what was said on the one before: where this node's event bus is, and what it listens to. */
    private Future<Void> announce(HazelcastClusterManager manager) {
        NodeInfo info = nodeInfo;
        if (info == null) {
            return Future.succeededFuture(); // Vert.x has not come that far: it will say itself
        }
        Promise<Void> said = Promise.promise();
        manager.setNodeInfo(info, said);
        return said.future()
                .compose(known -> register(manager))
                .onSuccess(known -> required(registrationListener, "no registration listener")
                        .registrationsLost());
    }

    private Future<Void> register(HazelcastClusterManager manager) {
        List<Future<Void>> all = new ArrayList<>();
        registrations.forEach((address, infos) -> infos.forEach(registration -> {
            Promise<Void> added = Promise.promise();
            manager.addRegistration(address, registration, added);
            all.add(added.future().onSuccess(nothing -> withdrawIfGone(manager, address, registration)));
        }));
        return Future.all(all).mapEmpty();
    }

    /** What was unregistered while it was said again must not be left behind. */
    private void withdrawIfGone(HazelcastClusterManager manager, String address, RegistrationInfo registration) {
        if (!registrations.getOrDefault(address, Set.of()).contains(registration)) {
            manager.removeRegistration(address, registration, Promise.promise());
        }
    }

    /**
     * The others know nodes by an id that outlives the members. One that is late to tidy up behind a member that went takes away
     * what was said since on the next: it is said again, which changes nothing where it is known.
     */
    @Override
    public void sayAgain() {
        HazelcastClusterManager manager = current;
        NodeInfo info = nodeInfo;
        if (manager == null || info == null) {
            return;
        }
        Promise<Void> said = Promise.promise();
        manager.setNodeInfo(info, said);
        said.future()
                .compose(known -> register(manager))
                .onFailure(failure -> LOGGER.atDebug()
                        .addKeyValue("error", failure.toString())
                        .log("where this node's event bus is could not be said again; the next round does it"));
    }

    // ---- nodes

    @Override
    public String getNodeId() {
        return nodeId;
    }

    @Override
    public List<String> getNodes() {
        HazelcastClusterManager manager = current;
        return manager == null ? List.of(nodeId) : manager.getNodes();
    }

    @Override
    public void nodeListener(NodeListener listener) {
        nodeListener = listener;
        HazelcastClusterManager manager = current;
        if (manager != null) {
            manager.nodeListener(listener);
        }
    }

    @Override
    public void setNodeInfo(NodeInfo info, Completable<Void> promise) {
        nodeInfo = info;
        onManager(promise, (manager, done) -> manager.setNodeInfo(info, done));
    }

    @Override
    public @Nullable NodeInfo getNodeInfo() {
        return nodeInfo;
    }

    @Override
    public void getNodeInfo(String id, Completable<NodeInfo> promise) {
        withManager(promise, manager -> manager.getNodeInfo(id, promise));
    }

    // ---- registrations

    @Override
    public void registrationListener(RegistrationListener listener) {
        registrationListener = listener;
    }

    @Override
    public void addRegistration(String address, RegistrationInfo registration, Completable<Void> promise) {
        registrations.compute(address, (same, infos) -> {
            Set<RegistrationInfo> all = infos == null ? ConcurrentHashMap.newKeySet() : infos;
            all.add(registration);
            return all;
        });
        onManager(promise, (manager, done) -> manager.addRegistration(address, registration, done));
    }

    @Override
    public void removeRegistration(String address, RegistrationInfo registration, Completable<Void> promise) {
        registrations.computeIfPresent(address, (same, infos) -> {
            infos.remove(registration);
            return infos.isEmpty() ? null : infos;
        });
        onManager(promise, (manager, done) -> manager.removeRegistration(address, registration, done));
    }

    @Override
    public void getRegistrations(String address, Completable<List<RegistrationInfo>> promise) {
        HazelcastClusterManager manager = current;
        if (manager == null) {
            promise.succeed(List.copyOf(registrations.getOrDefault(address, Set.of())));
        } else {
            manager.getRegistrations(address, promise);
        }
    }

    // ---- shared structures

    @Override
    public <K, V> void getAsyncMap(String name, Completable<AsyncMap<K, V>> promise) {
        withManager(promise, manager -> manager.getAsyncMap(name, promise));
    }

    @Override
    public <K, V> Map<K, V> getSyncMap(String name) {
        return required(current, "there is no membership now; retry later").getSyncMap(name);
    }

    @Override
    public void getLockWithTimeout(String name, long timeout, Completable<Lock> promise) {
        withManager(promise, manager -> manager.getLockWithTimeout(name, timeout, promise));
    }

    @Override
    public void getCounter(String name, Completable<Counter> promise) {
        withManager(promise, manager -> manager.getCounter(name, promise));
    }

    private interface Change {
        void on(HazelcastClusterManager manager, Completable<Void> done);
    }

    /** A change that is noted here already: a member that is given up meanwhile need not know of it. */
    private void onManager(Completable<Void> promise, Change change) {
        HazelcastClusterManager manager = current;
        if (manager == null) {
            promise.succeed();
            return;
        }
        Promise<Void> done = Promise.promise();
        change.on(manager, done);
        done.future().onComplete(changed -> promise.complete(null, manager == current ? changed.cause() : null));
    }

    private void withManager(Completable<?> promise, java.util.function.Consumer<HazelcastClusterManager> use) {
        HazelcastClusterManager manager = current;
        if (manager == null) {
            promise.fail(new VertxException("there is no membership now; retry later", true));
        } else {
            use.accept(manager);
        }
    }

    private static <T> T required(@Nullable T value, String otherwise) {
        if (value == null) {
            throw new IllegalStateException(otherwise);
        }
        return value;
    }
}
