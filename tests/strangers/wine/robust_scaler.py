from sklearn.preprocessing import RobustScaler


def prepare(x_train, x_test):
    scaler = RobustScaler()
    scaler.fit(x_train)
    return scaler.transform(x_train), scaler.transform(x_test)


# Not written yet:
def build_model(): raise NotImplementedError
def train(model, x_train, y_train, x_val, y_val): raise NotImplementedError
def evaluate(model, x, y): raise NotImplementedError
