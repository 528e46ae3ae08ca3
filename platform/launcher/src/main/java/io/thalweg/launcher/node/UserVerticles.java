package io.thalweg.launcher.node;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The verticles that the settings name. One that fails is logged; the others and the node go on. */
final class UserVerticles {

    private static final Logger LOGGER = LoggerFactory.getLogger(UserVerticles.class);

    private final Vertx vertx;
    private final List<String> deployments = new ArrayList<>();
    private final List<String> failed = new ArrayList<>();

    private UserVerticles(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Deploys all, and never fails. */
    static Future<UserVerticles> deploy(Vertx vertx, NodeConfig config) {
        UserVerticles verticles = new UserVerticles(vertx);
        if (config.verticles().isEmpty()) {
            return Future.succeededFuture(verticles);
        }
        ClassLoader loader = classLoader(config.verticleClassPath());
        List<Future<Void>> deployed = new ArrayList<>();
        for (VerticleConfig verticle : config.verticles()) {
            deployed.add(verticles.deploy(verticle, loader));
        }
        return Future.join(deployed).map(verticles);
    }

    private Future<Void> deploy(VerticleConfig verticle, ClassLoader loader) {
        DeploymentOptions options = new DeploymentOptions()
                .setInstances(verticle.instances())
                .setConfig(verticle.config())
                .setClassLoader(loader);
        if (verticle.worker()) {
            options.setThreadingModel(ThreadingModel.WORKER).setWorkerPoolName("verticle-" + verticle.className());
        }
        Future<String> deployment;
        try {
            deployment = vertx.deployVerticle("java:" + verticle.className(), options);
        } catch (RuntimeException | LinkageError e) {
            deployment = Future.failedFuture(e);
        }
        return deployment.transform(result -> {
            if (result.succeeded()) {
                add(deployments, result.result());
                LOGGER.atInfo()
                        .addKeyValue("verticle", verticle.className())
                        .addKeyValue("instances", verticle.instances())
                        .log("deployed a verticle");
            } else {
                add(failed, verticle.className());
                LOGGER.atError()
                        .addKeyValue("verticle", verticle.className())
                        .setCause(result.cause())
                        .log("a verticle failed to deploy; the node runs without it");
            }
            return Future.succeededFuture();
        });
    }

    /** Undeploys all, and never fails. */
    Future<Void> undeploy() {
        List<Future<Void>> undeployed = new ArrayList<>();
        for (String id : copy(deployments)) {
            undeployed.add(vertx.undeploy(id).recover(failure -> {
                LOGGER.atWarn().setCause(failure).log("a verticle failed to stop");
                return Future.succeededFuture();
            }));
        }
        return Future.join(undeployed).mapEmpty();
    }

    int deployedCount() {
        return copy(deployments).size();
    }

    int failedCount() {
        return copy(failed).size();
    }

    private synchronized void add(List<String> list, String entry) {
        list.add(entry);
    }

    private synchronized List<String> copy(List<String> list) {
        return List.copyOf(list);
    }

    private static ClassLoader classLoader(List<Path> classPath) {
        URL[] urls = new URL[classPath.size()];
        for (int i = 0; i < urls.length; i++) {
            try {
                urls[i] = classPath.get(i).toUri().toURL();
            } catch (MalformedURLException e) {
                throw new IllegalArgumentException("not a file: verticleClassPath=" + classPath.get(i), e);
            }
        }
        ClassLoader platform = UserVerticles.class.getClassLoader();
        return urls.length == 0 ? platform : new URLClassLoader("verticles", urls, platform);
    }
}
