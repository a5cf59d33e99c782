"""A certificate authority made on the spot, and certificates good and bad, by the openssl command."""
import pathlib
import subprocess

GOOD_DAYS = 7
DAY = "%y%m%d%H%M%SZ"

CA_CONF = """
[ca]
default_ca = rig
[rig]
database = {dir}/index.txt
serial = {dir}/serial
new_certs_dir = {dir}
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[server]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = {san}
"""


HOSTS = ("DNS:localhost", "DNS:mail.example.test", "IP:127.0.0.1")


def openssl(*args):
    subprocess.run(["openssl", *map(str, args)], check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


class Authority:
    """One CA in a folder of its own; `ca` is the certificate that clients trust."""

    def __init__(self, folder, name="gatewayd rig CA"):
        self.dir = pathlib.Path(folder)
        self.dir.mkdir(parents=True)
        self.ca, self.key = self.dir / "ca.pem", self.dir / "ca.key"
        (self.dir / "index.txt").touch()
        (self.dir / "serial").write_text("1000\n")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-keyout", self.key, "-out", self.ca, "-days", GOOD_DAYS, "-subj", f"/CN={name}",
                "-addext", "basicConstraints=critical,CA:TRUE",
                "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def certificate(self, name, hosts=HOSTS,
                    expired=False, self_signed=False):
        """A new (certificate, key) pair of files for these names."""
        cert, key, csr = (self.dir / f"{name}.{end}" for end in ("pem", "key", "csr"))
        conf = self.dir / f"{name}.cnf"
        conf.write_text(CA_CONF.format(dir=self.dir, san=",".join(hosts)))
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-keyout", key, "-out", csr, "-subj", f"/CN={name}")
        if self_signed:
            openssl("x509", "-req", "-in", csr, "-signkey", key, "-out", cert, "-days", GOOD_DAYS,
                    "-extfile", conf, "-extensions", "server")
        else:
            when = (["-startdate", "200101000000Z", "-enddate", "200201000000Z"] if expired
                    else ["-days", str(GOOD_DAYS)])
            openssl("ca", "-batch", "-notext", "-config", conf, "-cert", self.ca, "-keyfile", self.key,
                    "-in", csr, "-out", cert, "-extensions", "server", *when)
        return cert, key
