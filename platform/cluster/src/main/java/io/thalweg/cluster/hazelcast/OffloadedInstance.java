package io.thalweg.cluster.hazelcast;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleListener;
import com.hazelcast.core.LifecycleService;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.Executor;

/**
 * A Hazelcast instance whose membership and lifecycle listeners are called on another thread.
 *
 * <p>Vert.x' cluster manager scans a distributed map, and waits for it, in these callbacks. Hazelcast calls them on the one
 * thread of its events, and within a merge under its lifecycle lock; while the merge has not settled the scan waits for it,
 * and it for the scan. The node then hears of no member any more and cannot even be stopped (vertx-hazelcast issue 215, after
 * 5.0.8).
 */
final class OffloadedInstance {

    private OffloadedInstance() {}

    static HazelcastInstance of(HazelcastInstance instance, Executor callbacks) {
        Cluster cluster = proxy(Cluster.class, instance.getCluster(), (method, argument) -> {
            return method.getName().equals("addMembershipListener")
                    ? new OffloadedMembership((MembershipListener) argument, callbacks)
                    : argument;
        });
        LifecycleService lifecycle =
                proxy(LifecycleService.class, instance.getLifecycleService(), (method, argument) -> {
                    if (!method.getName().equals("addLifecycleListener")) {
                        return argument;
                    }
                    LifecycleListener listener = (LifecycleListener) argument;
                    return (LifecycleListener) event -> callbacks.execute(() -> listener.stateChanged(event));
                });
        InvocationHandler handler = (proxy, method, arguments) -> switch (method.getName()) {
            case "getCluster" -> cluster;
            case "getLifecycleService" -> lifecycle;
            default -> invoke(instance, method, arguments);
        };
        return HazelcastInstance.class.cast(Proxy.newProxyInstance(
                OffloadedInstance.class.getClassLoader(), new Class<?>[] {HazelcastInstance.class}, handler));
    }

    /** Changes the first argument of a call. */
    private interface FirstArgument {
        Object change(Method method, Object argument);
    }

    private static <T> T proxy(Class<T> type, T target, FirstArgument first) {
        return type.cast(Proxy.newProxyInstance(
                OffloadedInstance.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (arguments != null && arguments.length > 0) {
                        arguments[0] = first.change(method, arguments[0]);
                    }
                    return invoke(target, method, arguments);
                }));
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }

    private record OffloadedMembership(MembershipListener listener, Executor callbacks) implements MembershipListener {

        @Override
        public void memberAdded(MembershipEvent event) {
            callbacks.execute(() -> listener.memberAdded(event));
        }

        @Override
        public void memberRemoved(MembershipEvent event) {
            callbacks.execute(() -> listener.memberRemoved(event));
        }
    }
}
