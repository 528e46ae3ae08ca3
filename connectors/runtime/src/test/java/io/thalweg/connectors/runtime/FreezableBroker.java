package io.thalweg.connectors.runtime;

import io.thalweg.broker.api.BrokerApi;
import io.thalweg.coordination.group.api.GroupsApi;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/**
 * A broker as one node reaches it, which can be paused: from then on nothing that the node asks gets there, until it is let go
 * on; then everything does, late. So its session ends while it believes that it is alive.
 */
public final class FreezableBroker {

    private final Vertx vertx;
    private final List<Runnable> held = new ArrayList<>();
    private final BrokerApi api;
    private boolean frozen;

    public FreezableBroker(Vertx vertx, BrokerApi real) {
        this.vertx = vertx;
        GroupsApi groups = wrap(GroupsApi.class, real.groups());
        this.api = (BrokerApi) Proxy.newProxyInstance(
                BrokerApi.class.getClassLoader(),
                new Class<?>[] {BrokerApi.class},
                (proxy, method, arguments) ->
                        method.getName().equals("groups") ? groups : call(real, method, arguments));
    }

    public BrokerApi api() {
        return api;
    }

    private <T> T wrap(Class<T> type, T real) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> call(real, method, arguments)));
    }

    private Object call(Object real, Method method, Object[] arguments) throws Throwable {
        synchronized (held) {
            if (frozen && Future.class.isAssignableFrom(method.getReturnType())) {
                ContextInternal context = ((VertxInternal) vertx).getOrCreateContext();
                Promise<Object> late = context.promise();
                held.add(() -> context.runOnContext(turn -> {
                    try {
                        ((Future<?>) method.invoke(real, arguments))
                                .<Object>map(answer -> answer)
                                .onComplete(late);
                    } catch (ReflectiveOperationException failure) {
                        late.fail(failure);
                    }
                }));
                return late.future();
            }
        }
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException failure) {
            throw failure.getCause();
        }
    }

    public void freeze() {
        synchronized (held) {
            frozen = true;
        }
    }

    public void thaw() {
        List<Runnable> late;
        synchronized (held) {
            frozen = false;
            late = List.copyOf(held);
            held.clear();
        }
        late.forEach(Runnable::run);
    }
}
