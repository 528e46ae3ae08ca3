package io.thalweg.cluster.hazelcast;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.ManagementCenterConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.config.MetadataPolicy;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.SerializationConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.spi.merge.DiscardMergePolicy;
import com.hazelcast.spi.merge.PutIfAbsentMergePolicy;
import java.util.List;
import java.util.Map;

/**
 * Hazelcast with everything off that a member does not need. Its open-source edition has neither TLS nor authentication, and its
 * name is no secret: so it listens on a private address alone, to members alone, and takes no classes, code or queries from
 * whoever gets that far.
 */
final class MemberConfig {

    /** The same on all members. Few, since little is in them, and each costs time when members come and go. */
    private static final int PARTITIONS = 31;

    private static final int MERGE_SECONDS = 10;
    private static final int CONNECT_SECONDS = 3;

    /**
     * How long members that start at the same time, so that none is the first yet, look for one before they make one. It needs
     * the agreement of each that is reached, so a short time does not split them.
     */
    static final int LOOK_SECONDS = 1;

    private static final int CALL_MILLIS = 10_000;

    /** Hazelcast makes a call again 250 times at most: those take longer than the call may. */
    private static final int CALL_AGAIN_MILLIS = 50;

    private MemberConfig() {}

    /** @param join addresses to look for members at */
    static Config of(
            HazelcastClusterConfig cluster, String host, int port, List<String> join, Map<String, String> attributes) {
        Config config = new Config();
        config.setClusterName(cluster.name());
        attributes.forEach(config.getMemberAttributeConfig()::setAttribute);
        network(config.getAdvancedNetworkConfig(), host, port, join);
        serialization(config.getSerializationConfig());
        switchOff(config);
        structures(config);
        properties(config, cluster);
        return config;
    }

    private static void network(AdvancedNetworkConfig network, String host, int port, List<String> join) {
        ServerSocketEndpointConfig endpoint = new ServerSocketEndpointConfig()
                .setPort(port)
                .setPortAutoIncrement(false)
                .setReuseAddress(true);
        endpoint.setSocketConnectTimeoutSeconds(CONNECT_SECONDS);
        endpoint.getInterfaces().setEnabled(true).addInterface(host);
        // Only the endpoints that are given exist: no REST, no memcache, no clients.
        network.setEnabled(true).setMemberEndpointConfig(endpoint);
        JoinConfig how = network.getJoin();
        how.getAutoDetectionConfig().setEnabled(false);
        how.getMulticastConfig().setEnabled(false);
        how.getTcpIpConfig().setEnabled(true).setMembers(join).setConnectionTimeoutSeconds(LOOK_SECONDS);
    }

    private static void serialization(SerializationConfig serialization) {
        JavaSerializationFilterConfig filter = new JavaSerializationFilterConfig();
        // Hazelcast's own defaults let everything in whose name begins with "java". What is left are its exceptions.
        filter.setDefaultsDisabled(true);
        filter.getWhitelist().addPrefixes("com.hazelcast.", "java.lang.", "java.util.", "java.io.", "[");
        // What a counter sends to the member that keeps it is a lambda of this class.
        filter.getWhitelist().addClasses("io.vertx.spi.cluster.hazelcast.impl.HazelcastCounter");
        serialization.setJavaSerializationFilterConfig(filter);
        serialization.addDataSerializableFactory(OwnershipChunk.factoryId(), OwnershipChunk.factory());
    }

    private static void switchOff(Config config) {
        config.getJetConfig().setEnabled(false);
        config.getMetricsConfig().setEnabled(false);
        config.getIntegrityCheckerConfig().setEnabled(false);
        config.setManagementCenterConfig(new ManagementCenterConfig()
                .setScriptingEnabled(false)
                .setConsoleEnabled(false)
                .setDataAccessEnabled(false));
    }

    private static void structures(Config config) {
        config.addMapConfig(map(SharedOwnership.MAP)
                .setBackupCount(0)
                .setAsyncBackupCount(1)
                .setTimeToLiveSeconds(SharedOwnership.AGE_SECONDS_MAX)
                .setStatisticsEnabled(false)
                .setMergePolicyConfig(merge(DiscardMergePolicy.class)));
        config.addMapConfig(
                map("__vertx.nodeInfo").setBackupCount(1).setMergePolicyConfig(merge(PutIfAbsentMergePolicy.class)));
        config.addMultiMapConfig(new MultiMapConfig("__vertx.subs")
                .setBackupCount(1)
                .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET)
                .setMergePolicyConfig(merge(PutIfAbsentMergePolicy.class)));
    }

    /**
     * A map whose first use costs little: one of bytes wants to know how large a reference is, for which Hazelcast starts all of the
     * JVM's management; and nobody queries these, so nothing need be kept of what is JSON in them.
     */
    private static MapConfig map(String name) {
        return new MapConfig(name).setInMemoryFormat(InMemoryFormat.OBJECT).setMetadataPolicy(MetadataPolicy.OFF);
    }

    private static MergePolicyConfig merge(Class<?> policy) {
        return new MergePolicyConfig().setPolicy(policy.getName());
    }

    private static void properties(Config config, HazelcastClusterConfig cluster) {
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.shutdownhook.enabled", "false");
        config.setProperty("hazelcast.logging.type", "slf4j");
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.setProperty("hazelcast.health.monitoring.level", "OFF");
        // A node starts in a second or two, with whoever is there.
        config.setProperty("hazelcast.wait.seconds.before.join", "0");
        // Silence is judged slowly; a broken connection, as of a process that died, within half a second.
        config.setProperty("hazelcast.heartbeat.interval.seconds", "1");
        config.setProperty(
                "hazelcast.max.no.heartbeat.seconds",
                Long.toString(cluster.silenceMax().toSeconds()));
        config.setProperty("hazelcast.connection.monitor.interval", "100");
        config.setProperty("hazelcast.connection.monitor.max.faults", "3");
        config.setProperty("hazelcast.merge.first.run.delay.seconds", Integer.toString(MERGE_SECONDS));
        config.setProperty("hazelcast.merge.next.run.delay.seconds", Integer.toString(MERGE_SECONDS));
        config.setProperty("hazelcast.operation.call.timeout.millis", Integer.toString(CALL_MILLIS));
        // A call to all members is made again when one has joined meanwhile, as happens whenever nodes start together.
        config.setProperty("hazelcast.invocation.retry.pause.millis", Integer.toString(CALL_AGAIN_MILLIS));
        config.setProperty("hazelcast.graceful.shutdown.max.wait", "5");
        config.setProperty("hazelcast.partition.count", Integer.toString(PARTITIONS));
        // Little happens here: few threads.
        config.setProperty("hazelcast.operation.thread.count", "2");
        config.setProperty("hazelcast.operation.generic.thread.count", "2");
        config.setProperty("hazelcast.io.thread.count", "1");
        config.setProperty("hazelcast.event.thread.count", "1");
        config.setProperty("hazelcast.client.engine.thread.count", "1");
        config.setProperty("hazelcast.client.engine.query.thread.count", "1");
        config.setProperty("hazelcast.client.engine.blocking.thread.count", "1");
    }
}
